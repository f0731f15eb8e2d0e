DROP TABLE velociraptor_callbacks;
DROP TABLE velociraptor_callback_keys;
DROP TABLE velociraptor_callback_setups;
